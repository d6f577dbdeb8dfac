export { activeListings } from '../dashboards/active_listings';
